"use strict";

// What `data-error-callback` names: called when the user declined in the window.
window.leadTable = {
  declined() {
    document.getElementById("declined").hidden = false;
  },
};

// In the mode post_message the window of the button comes back to our own site; see connected.js.
addEventListener("message", (event) => {
  if (event.origin === location.origin && event.data?.connected) location.assign(event.data.connected);
});
