/** All tables of the service; the migrations make them, a test compares the two. */
import { BatchTable, BatchUseTable } from './batch.tables.js';
import { ArchivedCountTable, CouponArchiveTable, CouponOriginTable, CouponReminderTable, CouponTable } from './coupon.tables.js';
import { CustomerEventGrantTable, CustomerEventTable, CustomerTable } from './customer.tables.js';
import { GrantMemberTable, GrantTable, GrantUploadTable } from './grant.tables.js';
import { ErasureTable } from './erasure.tables.js';
import { JobTable } from './job.tables.js';
import {
  EventCursorTable,
  EventLogTable,
  WebhookDeliveryTable,
  WebhookEndpointTable,
} from './event.tables.js';
import { AuditTable, OutboxTable, QuarantinedClaimTable, RiskDenialTable } from './record.tables.js';
import { TemplateCountTable, TemplateSimulationTable, UnfinishedCountTable } from './numbers.tables.js';
import {
  QuoteTable,
  RedemptionCouponTable,
  RedemptionLineTable,
  RedemptionShareTable,
  RedemptionTable,
  RefundTable,
} from './redemption.tables.js';
import { TemplateTable, TemplateVersionTable } from './template.tables.js';
import { ShareTable } from './share.tables.js';

export const tables = [
  TemplateTable,
  TemplateVersionTable,
  BatchTable,
  BatchUseTable,
  CouponTable,
  CouponOriginTable,
  ShareTable,
  RedemptionTable,
  RedemptionCouponTable,
  RedemptionLineTable,
  RedemptionShareTable,
  RefundTable,
  QuoteTable,
  AuditTable,
  OutboxTable,
  QuarantinedClaimTable,
  RiskDenialTable,
  JobTable,
  CouponArchiveTable,
  ArchivedCountTable,
  CouponReminderTable,
  ErasureTable,
  TemplateCountTable,
  UnfinishedCountTable,
  TemplateSimulationTable,
  EventLogTable,
  EventCursorTable,
  WebhookEndpointTable,
  WebhookDeliveryTable,
  GrantTable,
  GrantMemberTable,
  GrantUploadTable,
  CustomerTable,
  CustomerEventTable,
  CustomerEventGrantTable,
];
