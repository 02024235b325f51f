// Loops without end: in the page nothing stops it, in a frame the page goes on.
define([], function () {
  return function () {
    this.callbacks = { render: function () { for (;;); }, bind_actions: function () { return true; }, init: function () { return true; } };
  };
});
