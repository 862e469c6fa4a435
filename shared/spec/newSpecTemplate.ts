// The text that a new `*.task.md` starts with.

export const newSpecTemplate = `---
# All of this is optional.
# checks:
#   - npm test
#   - { name: types, command: npx tsc --noEmit, timeoutMinutes: 5 }
# setUp: npm ci
# budget: { turns: 80, rounds: 6, costUsd: 5, minutes: 120 }
---
# Title in a few words

## Goal
<!-- What must be true when the task is done, and why. -->

## Context
<!-- Where to look, what was tried, what the agent can't know. -->

## Acceptance criteria
<!--
Code at the end of a line is a command that must end with exit code 0. What else the runner can prove:
- [ ] All tests pass: \`npm test\`
- [ ] Fails politely: \`node cli.js --nope\` exits with 2
- [ ] \`node cli.js --version\` prints \`1.2.*\`
- [ ] \`docs/usage.md\` exists
- [ ] No new problems
- [ ] Coverage is not lower: \`npm run coverage\`
- [ ] The start page looks right: \`npm run shot\` makes \`shot.png\`
- [ ] What you judge yourself has no code at its end
-->

## Constraints
<!-- What must not change. -->
`;
