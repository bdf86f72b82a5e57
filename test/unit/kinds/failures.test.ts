// Why a turn failed, from the words that programs end it with.
import { expect, test } from "bun:test";
import { failureReason } from "../../../src/kinds/reports/failures";

test.each([
  ["You've hit your session limit · resets 3pm (Europe/Berlin)", "rate limit, resets 3pm (Europe/Berlin)"],
  ["Claude usage limit reached. Your limit will reset at 7:30pm (America/New_York).", "rate limit, resets 7:30pm (America/New_York)"],
  ["Claude AI usage limit reached|1763827200", "rate limit, resets 2025-11-22 16:00 UTC"],
  ["Weekly limit reached · resets Nov 28, 9am (UTC)", "rate limit, resets Nov 28, 9am (UTC)"],
  ["You've hit your usage limit. Upgrade to Pro or try again in 2 hours 5 minutes.", "rate limit, resets after 2 hours 5 minutes"],
  ["You've hit your usage limit. Try again at 3:05 PM.", "rate limit, resets 3:05 PM"],
  ['{"error":{"type":"usage_limit_reached","message":"The usage limit has been reached","resets_in_seconds":11100}}', "rate limit, resets after 3h5m"],
  ["[API Error: You have exhausted your capacity on this model. Your quota will reset after 3h22m5s.]", "rate limit, resets after 3h22m5s"],
  ['[API Error: got status: 429. {"details":[{"retryDelay":"34s"}]}]', "rate limit, resets after 34s"],
  ["Sorry, you've hit a rate limit. Please try again in 1 hour.", "rate limit, resets after 1 hour"],
  ["rate_limit", "rate limit"],
  ["API Error: 401 invalid x-api-key · Please run /login", "login"],
  ["[API Error: API key not valid. Please pass a valid API key.]", "login"],
  ['unexpected status 401 Unauthorized: {"message":"Missing bearer"}', "login"],
  ["API Error: 400 stub error 400", "error"],
  ["stream disconnected before completion", "error"],
  ["", "error"],
])("%s", (words, reason) => expect(failureReason(words)).toBe(reason));
