/**
 * Lets a child process run the sources as they are: Node strips the types itself, this finds `x.ts` where
 * `x.js` is imported. For files without decorators only. Use: node --import ./test/kit/run-typescript.ts …
 */
import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';

registerHooks({
  resolve(specifier, context, next) {
    const isOurs = specifier.startsWith('.') && context.parentURL?.endsWith('.ts');
    if (!isOurs) return next(specifier, context);
    const source = specifier.replace(/\.js$/, '.ts');
    const isThere = existsSync(new URL(source, context.parentURL));
    return next(isThere ? source : specifier, context);
  },
});
