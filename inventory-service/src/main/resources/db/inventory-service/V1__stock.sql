create table if not exists product (
    sku varchar(64) primary key,
    name varchar(200) not null,
    unit_price numeric(19, 4),
    on_hand int not null,
    reserved int not null,
    check (reserved >= 0 and reserved <= on_hand)
);

create table if not exists reservation (
    order_id varchar(64) primary key,
    state varchar(20) not null,
    reason varchar(1000),
    updated_at timestamp(6) with time zone not null
);

create table if not exists reservation_line (
    order_id varchar(64) not null references reservation (order_id),
    sku varchar(64) not null,
    quantity bigint not null,
    primary key (order_id, sku)
);
