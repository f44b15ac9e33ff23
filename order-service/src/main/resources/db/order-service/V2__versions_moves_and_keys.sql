alter table orders add column if not exists version bigint default 1 not null;
alter table orders add column if not exists delivered_at timestamp(6) with time zone;
create index if not exists orders_by_customer on orders (customer_id, placed_at, order_id);

-- What happened to an order, one row per version, in the transaction that made it.
create table if not exists order_move (
    order_id varchar(64) not null,
    version bigint not null,
    state varchar(20) not null,
    reason varchar(1000),
    moved_at timestamp(6) with time zone not null,
    event_id varchar(64),
    correlation_id varchar(255),
    causation_id varchar(255),
    trace_id varchar(64),
    call_method varchar(10),
    call_path varchar(300),
    idempotency_key varchar(255),
    primary key (order_id, version)
);

-- Answers to POST /orders by Idempotency-Key, until they expire.
create table if not exists idempotency_key (
    idempotency_key varchar(255) primary key,
    fingerprint varchar(64) not null,
    status int not null,
    order_id varchar(64) not null,
    order_version bigint not null,
    answer varchar(1000000) not null,
    expires_at timestamp(6) with time zone not null
);
create index if not exists idempotency_key_by_expiry on idempotency_key (expires_at);
