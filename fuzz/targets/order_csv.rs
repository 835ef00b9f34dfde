//! Any rows behind the headings of every CSV format: the first byte chooses the format.
#![no_main]

use libfuzzer_sys::fuzz_target;
use review_invites_fuzz::{assert_same_in_pieces, check_orders};

const HEADINGS: [&str; 6] = [
    "email,order_reference,name,consent,status,placed_at,product_name,product_sku\n",
    "Name,Email,Financial Status,Fulfillment Status,Accepts Marketing,Lineitem name,Lineitem sku,Note Attributes\n",
    "order_id,status,date_paid,billing_email,line_items,meta:review_invitation_consent\n",
    "customer email;customer name;reference number;SKU;product name\n",
    "email;reference;firstName;lastName;productName;productSku\n",
    "Order Number\tOrder Status\tEmail (Billing)\tItem Name\tSKU\tQuantity\n",
];

fuzz_target!(|input: &[u8]| {
    let Some((choice, rows)) = input.split_first() else { return };
    let Some(headings) = HEADINGS.get(usize::from(*choice) % HEADINGS.len()) else { return };
    let file = [headings.as_bytes(), rows].concat();
    let records = check_orders(&file);
    assert_same_in_pieces(&file, &records);
    if !rows.contains(&b'"') {
        let filled = rows.split(|byte| *byte == b'\n').filter(|row| !row.trim_ascii().is_empty()).count();
        assert!(records.len() <= filled.max(1), "a row is one result at most");
    }
});
