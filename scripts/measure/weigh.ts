// Compiled, and as small as a fleet that does nothing: runs its arguments and prints the largest resident size, in bytes.
// Linux hands a child the peak of whoever starts it, so a large starter would be all that is seen.
const child = Bun.spawn(process.argv.slice(2), { stdin: "ignore", stdout: "ignore", stderr: "ignore" });
const code = await child.exited;
console.log(`${child.resourceUsage()!.maxRSS} ${code}`);

export {};
