-- A database for each service; that of the order service is made by the image (POSTGRES_DB).
CREATE DATABASE inventory;
CREATE DATABASE shipping;
