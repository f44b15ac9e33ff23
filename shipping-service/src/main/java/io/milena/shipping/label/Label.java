package io.milena.shipping.label;

/**
 * What is printed on a parcel. One order always gets the same label.
 *
 * @param weightGrams as reckoned from the units
 */
public record Label(Carrier carrier, String trackingNumber, long weightGrams) {}
