alter table shipment add column if not exists carrier varchar(20);
alter table shipment add column if not exists tracking_number varchar(40);
alter table shipment add column if not exists weight_grams bigint;
create unique index if not exists shipment_by_tracking_number on shipment (tracking_number);
