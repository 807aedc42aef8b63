/** The languages of the service, the default first. Another one is one more file here and its line. */
import { en } from './en.js';
import type { Messages } from './messages.types.js';
import { zhCN } from './zh-CN.js';

export const LANGUAGES: readonly [Messages, ...Messages[]] = [en, zhCN];
