/** Every address of the API without a route of its own. */
import { Refusal } from '@/app/_server/failure';
import { open } from '@/app/_server/http/handle';

const nothing = open(() => Promise.reject(new Refusal('nothingHere', 'There is nothing at this address.')));
export { nothing as GET, nothing as POST, nothing as PUT, nothing as PATCH, nothing as DELETE };
