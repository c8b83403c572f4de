/** The API for other systems: one table of endpoints (app/_server/api/endpoints.ts). */
import { serveApi } from '@/app/_server/api/router';

export { serveApi as GET, serveApi as POST };
