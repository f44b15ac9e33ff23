alter table shipment add column carrier varchar(20);
alter table shipment add column tracking_number varchar(40);
alter table shipment add column weight_grams bigint;
create unique index shipment_by_tracking_number on shipment (tracking_number);
