import type { ComponentType, ReactNode } from 'react';
import type { JsonSchema } from '@/engine/flow/document';
import type { Place } from '../place';
import type { Way } from './ways';

export interface ValueProps {
  label?: ReactNode;
  place: Place;
  schema: JsonSchema | undefined;
  required?: boolean;
  help?: ReactNode;
  placeholder?: string;
  /** How it is written as long as it has no value, if its type does not say it. */
  usual?: Way;
  /** Beside the label: the button that removes it. */
  action?: ReactNode;
}

export type InnerProps = ValueProps & { label: ReactNode; required: boolean };

/** `Value`: the field for one value inside the value. */
export type NestedProps = InnerProps & { Value: ComponentType<ValueProps> };
