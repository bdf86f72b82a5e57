// What is refused, as it is said.
import { UserError } from "../../src/base/errors";

/** The UserError that `act` throws; anything else, or nothing, fails the test. */
export function refusal(act: () => unknown): UserError {
  try {
    act();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error("not refused");
}
