// Takes the answer to the window that opened this one, and to no other page that may stand there.

"use strict";

const { url, target, message } = document.getElementById("handover").dataset;

if (window.opener && !window.opener.closed) {
  window.opener.postMessage(JSON.parse(message), target);
  window.close();
} else if (url) {
  location.replace(url);
}
