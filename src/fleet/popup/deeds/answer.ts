// Going to an agent, and answering it where it stands.
import { UserError } from "../../../base/errors";
import type { Agent } from "../../../base/model";
import { oneLine } from "../../../base/text";
import type { Answer, Ask } from "../../../kinds/kind";
import { giveAnswer, readAsk } from "../../answer/answer";
import { answerLoop } from "../../answer/loop";
import { wholeAsk } from "../../answer/whole";
import { squeeze } from "../../ask";
import { goTo } from "../../attach";
import { kindsOf } from "../../kind-of";
import { snoozeAgent } from "../../snooze";
import { hold } from "../../../ui/hold";
import type { Deed, Doing } from "../doing";
import { shownAsk } from "../view";
import { create } from "./create";

export const switchTo: Deed = async ({ tmux, env, agents, act }) => void (await goTo(tmux, env, agents[0]!, act.client));

export const answerYes: Deed = (doing) => answer(doing, { is: "yes" });

/** On an agent that asks nothing the same key starts a new one. */
export const answerNo: Deed = (doing) => (doing.agents[0]?.status === "waiting" ? answer(doing, { is: "no" }) : create(doing));

export const takeChoice: Deed = (doing) => answer(doing, { is: "choice", n: doing.act.choice ?? 0 });

/** The loop of `fleet answer`. What it could not do stands on the screen until a key is pressed. */
export const answerAll: Deed = async (doing) => {
  const { out, tmux, env, act } = doing;
  const kinds = await kindsOf(doing);
  const { said, went, refused } = await answerLoop({
    ...doing, kinds,
    go: async (agent) => void (await goTo(tmux, env, agent, act.client)),
    snooze: (agent) => snoozeAgent(doing, agent, "10m"),
  });
  if (refused > 0 && !went) await hold(out);
  if (went) doing.closeView();
  return said;
};

async function answer(doing: Doing, answer: Answer): Promise<string> {
  const agent = doing.agents[0]!;
  refuseUnseen(doing, agent);
  const kind = (await kindsOf(doing))(agent.record.kind);
  const ask = await readAsk(doing, agent, kind);
  const whole = await wholeAsk(doing, agent, ask);
  if (answer.is !== "no" && isHidden(ask, whole)) throw new UserError(`only a part of what ${oneLine(agent.branch)} asks can be seen here, so nothing was pressed: A asks with the whole, Enter goes there`);
  if (answer.is === "choice" && (answer.n < 1 || answer.n > ask.choices.length)) {
    throw new UserError(`${oneLine(agent.branch)} shows ${ask.choices.length === 0 ? "no numbered choices" : `${ask.choices.length} choices`}: ${answer.n}`);
  }
  await giveAnswer(doing, agent, kind, ask, answer, whole);
  return `✓ answered ${oneLine(agent.branch)}: ${answer.is === "choice" ? oneLine(ask.choices[answer.n - 1]!) : answer.is}`;
}

/** Its program shows a part only of what it asks, or may do so. */
function isHidden(ask: Ask, whole: Ask): boolean {
  return whole.cut === true || squeeze(whole.text) !== squeeze(ask.text);
}

/** A key is for the question that its person has seen. */
function refuseUnseen({ openView }: Doing, agent: Agent): void {
  if (agent.status !== "waiting" || !openView || openView.of === "attempts" || shownAsk(openView, agent.record.id) === agent.doing) return;
  throw new UserError(`what ${oneLine(agent.branch)} asks has come since the list was drawn, so nothing was pressed: ${oneLine(agent.doing)}`);
}
