/**
 * Parcel times: when the parcels of leads leave and arrive.
 *
 * A panel on the cards of leads and contacts, and a table for leads that are ticked in the list.
 * The times come from the integration's own server, which learns by the one-time token who asks.
 */
define(['jquery', 'lib/components/base/modal'], ($, Modal) => {
  const SERVER = 'https://parcels.danalabs.example';
  const EVENTS = '.parcelTimes';
  const MOST_LEADS = 50;

  // The server takes a one-time token once, and answers with a session for the next questions.
  // Both outlive a widget that is built anew on the same page, as the page's token does.
  let session = null;
  let turn = Promise.resolve();

  return function ParcelTimes() {
    const self = this;

    const question = (leadIds) => ({
      url: `${SERVER}/parcels`,
      data: { lead_id: leadIds.join(','), days: self.params.days || '' },
      dataType: 'json',
      timeout: 10000,
    });

    const parcelsOf = async (leadIds) => {
      const known = session;
      try {
        const answer = known
          ? await $.ajax({ ...question(leadIds), headers: { 'X-Session': known } })
          : await self.$authorizedAjax(question(leadIds));
        session = answer.session;
        return answer.parcels;
      } catch (error) {
        if (!known || error.status !== 401) throw error;
        session = null;
        return parcelsOf(leadIds);
      }
    };

    /** Asks for the parcels of leads, one question after the other: two would send the same token. */
    const ask = (leadIds) => {
      turn = turn.then(() => parcelsOf(leadIds), () => parcelsOf(leadIds));
      return turn;
    };

    const date = (seconds) =>
      new Date(seconds * 1000).toLocaleDateString(APP.lang_id, { weekday: 'short', day: 'numeric', month: 'short' });

    const nameOf = (leadId) => {
      const row = APP.data.current_list && APP.data.current_list.get(leadId);
      return (row && row.get('name')) || `${self.i18n('panel.lead')} ${leadId}`;
    };

    const inWords = (parcel) => ({
      leadId: parcel.lead_id,
      lead: nameOf(parcel.lead_id),
      number: parcel.number,
      kind: parcel.state,
      state: self.i18n(`states.${parcel.state}`),
      leaves: date(parcel.leaves_at),
      arrives: date(parcel.arrives_at),
    });

    /** The van of whoever looks; what was saved for users comes as an object or as JSON. */
    const ownVan = () => {
      const saved = self.params.vans || {};
      const vans = typeof saved === 'string' ? JSON.parse(saved) : saved;
      return vans[APP.constant('user').id] || '';
    };

    /** Returns a template with the widget's words in it. */
    const draw = async (name, values) => {
      const { path, version, depot } = self.params;
      const template = await self.render({ href: `/templates/${name}.twig`, base_path: path, v: version, promised: true });
      return template.render({ path, version, depot, texts: self.i18n('panel'), ...values });
    };

    const reason = (error) => {
      const why = { 401: 'unknown', 403: 'not_connected' }[error.status] || 'unreachable';
      return `${self.i18n(`errors.${why}`)} ${self.i18n('errors.contact')}`;
    };

    /** Draws what *read* finds, and in its place a sentence when it finds nothing or fails. */
    const drawn = async (name, read) => {
      try {
        const parcels = await read();
        return await draw(name, { parcels: parcels.map(inWords), van: ownVan(), ofContact: self.system().area === 'ccard' });
      } catch (error) {
        console.trace(error);
        return draw('message', { text: reason(error), canRepeat: name === 'panel' });
      }
    };

    /** Returns the leads of the card: itself, or those that the contact belongs to. */
    const leadsOfCard = async () => {
      const { id } = APP.data.current_card;
      if (self.system().area === 'lcard') return [id];
      const contact = await $.ajax({ url: `/api/v4/contacts/${id}`, data: { with: 'leads' }, dataType: 'json' });
      return contact._embedded.leads.map((lead) => lead.id).slice(0, MOST_LEADS);
    };

    const parcelsOfCard = async () => {
      const leadIds = await leadsOfCard();
      return leadIds.length ? ask(leadIds) : [];
    };

    const put = (body) => self.render_template({ caption: { class_name: 'parcel-times-caption' }, body, render: '' });

    const showPanel = async () => {
      const isNew = !APP.data.current_card.id;
      put(await draw('message', { text: self.i18n(isNew ? 'panel.unsaved' : 'panel.waiting') }));
      if (!isNew) put(await drawn('panel', parcelsOfCard));
    };

    const showTable = async (read) => {
      const table = await drawn('table', read);
      return new Modal({
        class_name: 'parcel-times-modal',
        init($body) {
          $body.append(table).trigger('modal:loaded').trigger('modal:centrify');
        },
      });
    };

    const refuse = (text) => {
      APP.notifications.show_message_error({ header: self.i18n('widget.name'), text });
      return false;
    };

    this.callbacks = {
      render() {
        if (APP.isCard()) showPanel();
        return true;
      },

      init() {
        return true;
      },

      bind_actions() {
        $(document)
          .off(EVENTS)
          .on(`click${EVENTS}`, '.parcel-times__more', () => showTable(parcelsOfCard))
          .on(`click${EVENTS}`, '.parcel-times__again', showPanel);
        return true;
      },

      leads: {
        selected() {
          const leadIds = self.list_selected().selected.map((row) => row.id);
          return showTable(() => ask(leadIds.slice(0, MOST_LEADS)));
        },
      },

      settings($body) {
        $body.find('[name="depot"]').attr({ maxlength: 40, placeholder: self.i18n('settings.depot_hint') });
        $body.find('[name="days"]').attr({ maxlength: 2, placeholder: self.i18n('settings.days_hint') });
      },

      onSave({ active, fields }) {
        if (active !== 'Y') return true;
        fields.depot = fields.depot.trim();
        fields.days = fields.days.trim();
        if (!/\p{L}.*\p{L}/u.test(fields.depot)) return refuse(self.i18n('settings.depot_wrong'));
        if (fields.days && !/^([1-9]|[12]\d|30)$/.test(fields.days)) return refuse(self.i18n('settings.days_wrong'));
        return true;
      },

      destroy() {
        $(document).off(EVENTS);
      },
    };

    return this;
  };
});
