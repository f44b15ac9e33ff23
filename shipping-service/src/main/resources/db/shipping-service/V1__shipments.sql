create table if not exists shipment (
    shipment_id varchar(64) primary key,
    order_id varchar(64) not null unique,
    state varchar(20) not null,
    units int not null,
    recipient varchar(200),
    destination varchar(210),
    prepared_at timestamp(6) with time zone not null,
    updated_at timestamp(6) with time zone not null
);
create index if not exists shipment_by_time on shipment (prepared_at, shipment_id);
