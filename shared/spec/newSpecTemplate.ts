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
<!-- Code at the end of a line is a command that must end with exit code 0: - [ ] All tests pass \`npm test\` -->

## Constraints
<!-- What must not change. -->
`;
