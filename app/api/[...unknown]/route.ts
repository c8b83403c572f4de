/** Every address of the API that is no other route. */
import { Refusal } from '@/app/_server/failure';
import { open } from '@/app/_server/http/handle';

const nothing = open(() => Promise.reject(new Refusal('nothingHere', 'There is nothing at this address.')));
export { nothing as GET, nothing as POST, nothing as PUT, nothing as PATCH, nothing as DELETE };
