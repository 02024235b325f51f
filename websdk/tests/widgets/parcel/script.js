define(['jquery', 'lib/components/base/modal', './lib.js', 'json!./manifest.json'], function ($, Modal, lib, manifest) {
  return function ParcelWidget() {
    var w = this;
    w.callbacks = {
      render: function () {
        if (!APP.isCard() && !w.list_selected()) return true;
        w.render({ href: 'templates/where.twig', base_path: w.params.path, v: manifest.widget.version, load: function (template) {
          w.render_template({
            caption: { class_name: 'parcel-head' },
            body: template.render({ words: w.i18n('panel.at'), depot: lib.trim(w.get_settings().depot) || '–' }),
            render: w.render({ ref: '/tmpl/controls/button.twig' }, { text: w.i18n('panel.check'), class_name: 'parcel-check' })
          });
        } });
        return true;
      },
      bind_actions: function () {
        $(document).off('click' + w.ns).on('click' + w.ns, '.parcel-check', function () {
          new Modal({ class_name: 'parcel-modal', init: function ($body) { $body.append($('<p>').text('On its way.')).trigger('modal:loaded'); } });
        });
        return true;
      },
      init: function () { w.add_action('phone', function (about) { APP.notifications.show_message({ header: 'Parcel', text: about.value }); }); return true; },
      settings: function ($body) { $body.find('[name="depot"]').attr('maxlength', 40); },
      onSave: function (form) { return form.active !== 'Y' || form.fields.depot !== ''; },
      advancedSettings: function () { $('#work-area-' + w.params.widget_code).append('<p class="parcel-own">Own page</p>'); },
      leads: { selected: function () {
        w.widgetsOverlay(false);
        w.render_template({ body: '<p class="parcel-chosen">' + w.list_selected().summary.items + '</p>' });
      } },
      destroy: function () { $(document).off('click' + w.ns); }
    };
    return w;
  };
});
