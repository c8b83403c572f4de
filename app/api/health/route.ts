import { open } from '@/app/_server/http/handle';

/** This process serves, whatever else is away. */
export const GET = open(({ web }) => web.health.read());
