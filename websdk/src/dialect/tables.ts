/** Number tables of the dialect: facts of the interface, by name. */

export const ELEMENT_TYPES = { contacts: 1, leads: 2, companies: 3, customers: 12, catalogs: 10, tasks: 4 } as const;

export const CF_TYPES: Record<string, number> = {
  text: 1,
  numeric: 2,
  checkbox: 3,
  select: 4,
  multiselect: 5,
  date: 6,
  url: 7,
  multitext: 8,
  textarea: 9,
  radiobutton: 10,
  streetaddress: 11,
  smart_address: 13,
  birthday: 14,
  legal_entity: 15,
  items: 16,
  org_legal_name: 17,
  date_time: 19,
  price: 20,
  category: 21,
  tracking_data: 23,
  linked_entity: 24,
  monetary: 26,
};

export const NOTE_TYPES: Record<string, number> = {
  lead_created: 1,
  contact_created: 2,
  lead_status_changed: 3,
  common: 4,
  attachment: 5,
  call_in: 10,
  call_out: 11,
  company_created: 12,
  task_result: 13,
  system: 25,
  sms_in: 102,
  sms_out: 103,
  geolocation: 26,
  extended_service_message: 25,
};

/** Of areas: page codes that count as one of them (contract 3.11). */
export const CARD_AREAS = ["lcard", "ccard", "comcard", "cucard"] as const;
export const LIST_AREAS = ["llist", "clist", "culist", "tlist"] as const;

/** moment's formats for `APP.system.format.date`. */
export const DATE_FORMATS = {
  year: "YYYY",
  date: "DD.MM.YYYY",
  date_short: "DD.MM",
  full: "DD.MM.YYYY HH:mm",
  full_seconds: "DD.MM.YYYY HH:mm:ss",
  time: "HH:mm",
  time_seconds: "HH:mm:ss",
  month_year: "MMM YYYY",
  date_time: "DD.MM.YYYY HH:mm",
};
