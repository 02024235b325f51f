// The dialect's button puts the address of its page into ours as it is. What stands behind a "#"
// in it, and so all that follows, never reaches the server: take it along and ask again.

"use strict";

const spilled = location.hash.indexOf("&");

if (spilled > 0 && /&(client_id|name)=/.test(location.hash)) {
  location.replace(location.pathname + location.search + location.hash.slice(spilled));
}
