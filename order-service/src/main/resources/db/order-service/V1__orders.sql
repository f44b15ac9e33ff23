create table if not exists orders (
    order_id varchar(64) primary key,
    customer_id varchar(64) not null,
    order_date date,
    ship_name varchar(200),
    ship_address varchar(300),
    ship_city varchar(100),
    ship_postal_code varchar(30),
    ship_country varchar(100),
    state varchar(20) not null,
    reason varchar(1000),
    shipment_id varchar(64),
    placed_at timestamp(6) with time zone not null,
    updated_at timestamp(6) with time zone not null
);
create index if not exists orders_by_time on orders (placed_at, order_id);
create index if not exists orders_by_state on orders (state, placed_at, order_id);

create table if not exists order_line (
    order_id varchar(64) not null references orders (order_id),
    line_no int not null,
    sku varchar(64) not null,
    quantity int not null check (quantity > 0),
    unit_price numeric(19, 4),
    primary key (order_id, line_no)
);
