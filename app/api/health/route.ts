import { open } from '@/app/_server/http/handle';

/** 200 if this process serves, whatever else is away. */
export const GET = open(({ web }) => web.health.read());
