// Why a turn failed, in the words that agent programs end it with.

/** "rate limit", with its end where that is told ("rate limit, resets 3pm (Europe/Berlin)"), "login", or "error". */
export function failureReason(words: string): string {
  if (/rate.?limit|usage limit|session limit|weekly limit|limit reached|hit your (\S+ )?limit|quota|exhausted your capacity|too many requests|\b429\b/i.test(words)) {
    const end = limitEnd(words);
    return end ? `rate limit, ${end}` : "rate limit";
  }
  if (/authentication|invalid api key|invalid auth token|not logged in|api key (is )?not valid|unauthorized|\/login\b|log ?in\b|oauth|\b401\b/i.test(words)) return "login";
  return "error";
}

/** Screens break their lines anywhere. A length of time counts from the moment at which it was said, which is the status's own: so it stays a length. */
function limitEnd(words: string): string | null {
  const seconds = /"?(?:resets_in_seconds|retry[-_ ]?after(?:_seconds)?|retryDelay)"?\s*[:=]?\s*"?(\d+)(?:\.\d+)?(?!\d)/i.exec(words);
  if (seconds) return `resets after ${lengthText(Number(seconds[1]))}`;
  const epoch = /(?:limit reached\|"?|"resets_at":\s*)(\d{10})\b/.exec(words);
  if (epoch) return `resets ${new Date(Number(epoch[1]) * 1000).toISOString().slice(0, 16).replace("T", " ")} UTC`;
  const after = /(?:resets?|try\s+again|retry)\s+(?:in|after)\s+(?:about\s+)?((?:\d+ ?(?:days?|hours?|hrs?|minutes?|mins?|seconds?|secs?|[dhms])[\s,]*(?:and )?)+)/i.exec(words);
  if (after) return `resets after ${after[1]!.replace(/[\s,]+$/, "")}`;
  const at = /(?:[Rr]esets?|[Tt]ry\s+again)\s+(?:(?:at|on)\s+)?((?:[A-Z][a-z]{2,8} )?\d[^·|;\n]{0,40}?)(?= ?[·|;\n]|\.(?:\s|$)|$)/.exec(words);
  return at ? `resets ${at[1]!.trim()}` : null;
}

function lengthText(seconds: number): string {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  return [hours && `${hours}h`, minutes && `${minutes}m`, !hours && seconds % 60 && `${seconds % 60}s`].filter(Boolean).join("") || "0s";
}
