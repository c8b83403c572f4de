/** The overlap policies of the contract and of the protocol. */
import { OVERLAPS, type Overlap } from '@/app/_contract/schedules';

/** The protocol counts from 1, in the same order. */
export const overlapPolicy = (overlap: Overlap): number => OVERLAPS.indexOf(overlap) + 1;
export const overlapOf = (policy: number | null | undefined): Overlap => OVERLAPS[(policy ?? 1) - 1] ?? 'skip';
