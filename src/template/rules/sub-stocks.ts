/** Over how many sub-stocks a template's stock is split in Redis. Rules that do not say are not split. */
import type { TemplateRules } from '../template.types.js';

/** 1 (not split) to SUB_STOCKS_MAX. */
export function subStocksOf({ subStocks }: Pick<TemplateRules, 'subStocks'>): number {
  return subStocks ?? 1;
}
