/**
 * What a run of tests says about a saboteur. Caught is only what an assertion found: a file that does not
 * load or a name that is not there proves that the patch is broken, not that the tests see the bug.
 */
export type Finding =
  | { readonly kind: 'CAUGHT'; readonly by: string }
  | { readonly kind: 'SURVIVED' }
  | { readonly kind: 'BROKEN'; readonly why: string };

/** Vitest's JSON report, as far as it is read. */
export interface Report {
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly title: string;
      readonly failureMessages: readonly string[] | null;
    }[];
  }[];
}

/** How assertions speak: by their name, or (of promises, of polls, in hooks) by their sentence alone, as `done` of the kit does. */
const ASSERTION =
  /AssertionError|^(?:Error: )?(?:expected|refused:) |promise (?:resolved|rejected) .* instead of|Property failed after/m;
/** A bug has none of these; a patch that was written badly has. */
const BROKEN_CODE =
  /\b(SyntaxError|ReferenceError|You have an error in your SQL|Error (compiling|running) script|user_script)\b/;

export function judgeReport({ numPassedTests, testResults }: Report): Finding {
  const failures = testResults.flatMap(({ message, assertionResults }) => [
    ...assertionResults
      .filter(({ status }) => status === 'failed')
      .map(({ title, failureMessages }) => ({ title, text: (failureMessages ?? []).join('\n') })),
    ...(message === '' ? [] : [{ title: 'after all tests', text: message }]),
  ]);
  const caught = failures.find(({ text }) => ASSERTION.test(text));
  const broken = failures.find(({ text }) => BROKEN_CODE.test(text) || caught === undefined);
  if (broken !== undefined)
    return { kind: 'BROKEN', why: `${broken.title}: ${broken.text.slice(0, 400)}` };
  if (caught !== undefined) return { kind: 'CAUGHT', by: caught.title };
  if (numPassedTests === 0) return { kind: 'BROKEN', why: 'no test has this title' };
  return { kind: 'SURVIVED' };
}
