-- Whether the widget's `onInstall` still waits for a page that calls it; what is there had its chance.
alter table installations add column on_install_due boolean not null default false;
