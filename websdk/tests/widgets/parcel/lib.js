define([], function () {
  return { trim: function (text) { return String(text || "").trim(); } };
});
