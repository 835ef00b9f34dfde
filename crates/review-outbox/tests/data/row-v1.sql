INSERT INTO outbox (shop, reference, kind, order_hash, customer_hash, instance, payload, run_at) VALUES (
    'shop',
    '2024/1001',
    'service',
    'ea80ca94d56e856ba2a97a3349c99367b02823326a3762be377b9dec317de72e',
    '8c87b489ce35cf2e2f39f80e282cb2e804932a56a213983eeeb428407d43b52d',
    'acme',
    '{"version":1,"request":{"customer":{"email":"jane@example.com","name":{"full":"Jane Doe"},"locale":"en-GB"},"order":{"reference":"2024/1001"},"consent":{"granted":{"source":"checkbox at the checkout"}},"kind":"service","send_at":{"at":"2026-03-01T12:00:00Z"},"tags":["summer"]}}',
    1772366400000
)
