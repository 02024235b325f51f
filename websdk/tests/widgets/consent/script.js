// Asks for a tick of its own before Install, as integrators do it: a hidden required field, and words that show when it is empty.
define(['jquery'], function ($) {
  return function Consent() {
    var w = this;
    w.callbacks = {
      render: function () { return true; },
      bind_actions: function () { return true; },
      init: function () { return true; },
      settings: function ($body) {
        var $value = $body.find('[name="consent"]');
        var $error = $('<p class="consent-error hidden">').text('Tick the box first.');
        var $tick = $('<input type="checkbox" class="consent-tick">').on('change', function () {
          $value.val(this.checked ? '1' : '').trigger('change');
          $error.toggleClass('hidden', this.checked);
        });
        $('#' + w.params.widget_code + '_custom_content').append($('<label>').append($tick, ' I agree'), $error);
        $('.js-widget-install').on('click', function () { $error.toggleClass('hidden', $value.val() !== ''); });
      },
      onSave: function () { return true; }
    };
    return w;
  };
});
