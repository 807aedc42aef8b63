/** The shapes of webhooks as operators see them. */
import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { enumOf } from '../graph/enum-of.js';
import { PageInfoObject } from '../graph/paging.js';
import { resultUnion } from '../graph/result-union.js';
import type { EndpointStatus } from './webhook.types.js';

export const WebhookStatusEnum = enumOf('WebhookStatus', ['ENABLED', 'DISABLED', 'DELETED']);

@ObjectType('WebhookEndpoint', { description: 'Where events are posted to.' })
export class WebhookEndpointObject {
  @Field(() => ID) id!: string;
  @Field(() => String) url!: string;
  @Field(() => [String], {
    description: 'Of the events it is told: names, or "coupon.*"; empty: all.',
  })
  types!: string[];
  @Field(() => WebhookStatusEnum) status!: EndpointStatus;
  @Field(() => Int, { description: 'Counts every change.' }) version!: number;
}

@ObjectType('DeadLetter', {
  description: 'An event that an endpoint did not take in all its tries.',
})
export class DeadLetterObject {
  @Field(() => ID) id!: string;
  @Field(() => ID) endpointId!: string;
  @Field(() => ID) eventId!: string;
  @Field(() => String) type!: string;
  @Field(() => ID, { description: 'Whose event it is.' }) subjectId!: string;
  @Field(() => Int) tries!: number;
  @Field(() => Int, {
    nullable: true,
    description: 'What the last try was answered; null: nothing.',
  })
  lastStatus!: number | null;
  @Field(() => String, { nullable: true }) lastError!: string | null;
}

@ObjectType('DeadLetterConnection')
export class DeadLetterConnectionObject {
  @Field(() => [DeadLetterObject]) nodes!: DeadLetterObject[];
  @Field(() => PageInfoObject) pageInfo!: PageInfoObject;
}

@InputType('CreateWebhookEndpointInput')
export class CreateWebhookEndpointInput {
  @Field(() => String, { description: 'HTTPS, to a public host.' }) url!: string;
  @Field(() => [String], { nullable: true, defaultValue: [] }) types?: string[] | null;
}

@InputType('UpdateWebhookEndpointInput')
export class UpdateWebhookEndpointInput {
  @Field(() => ID) id!: string;
  @Field(() => Int) expectedVersion!: number;
  @Field(() => String) url!: string;
  @Field(() => [String], { nullable: true, defaultValue: [] }) types?: string[] | null;
}

@InputType('WebhookEndpointActionInput')
export class WebhookEndpointActionInput {
  @Field(() => ID) id!: string;
  @Field(() => String, { description: 'Kept in the history.' }) reason!: string;
}

@ObjectType('WebhookEndpointSaved')
export class WebhookEndpointSavedObject {
  @Field(() => WebhookEndpointObject) endpoint!: WebhookEndpointObject;
  @Field(() => String, {
    nullable: true,
    description: 'Shown this once, to who made it: after creating and rotating.',
  })
  secret!: string | null;
}

@ObjectType('DeadLetterReplayed')
export class DeadLetterReplayedObject {
  @Field(() => DeadLetterObject) deadLetter!: DeadLetterObject;
}

export const WebhookEndpointResult = resultUnion(
  'WebhookEndpointResult',
  () => WebhookEndpointSavedObject,
);

export const DeadLetterResult = resultUnion('DeadLetterResult', () => DeadLetterReplayedObject);
