// send.mjs ADDRESS TASKS COUNT: sends invitations with Trustpilot's own Node client, unmodified. Prints CPU and wall
// nanoseconds of one.

import trustpilot from 'trustpilot';

const [address, tasks, count] = process.argv.slice(2);
const client = new trustpilot.TrustpilotApi({
  baseUrl: address,
  key: '0123456789abcdef0123456789abcdef',
  secret: 'not-a-real-secret',
  username: 'jane@example.com',
  password: 'not-a-real-password',
});
const path = '/v1/private/business-units/507f191e810c19729de860ea/email-invitations';

async function send(total) {
  const session = await client.authenticate();
  let next = 0;
  const task = async () => {
    while (next < total) {
      next += 1;
      await session.post(path, {
        consumerEmail: 'zoe.krueger@hallkrueger.example',
        consumerName: 'Zoë Hall-Krüger',
        referenceNumber: `order-${next}`,
        locale: 'en-GB',
        serviceReviewInvitation: {
          templateId: '507f191e810c19729de860ec',
          redirectUri: 'https://shop.example/thanks',
          tags: ['webshop', 'summer'],
        },
      });
    }
  };
  await Promise.all(Array.from({ length: Number(tasks) }, task));
}

await send(2 * Number(tasks));
const [cpu, wall] = [process.cpuUsage(), process.hrtime.bigint()];
await send(Number(count));
const { user, system } = process.cpuUsage(cpu);
const elapsed = Number(process.hrtime.bigint() - wall);
console.log(Math.round(((user + system) * 1000) / count), Math.round(elapsed / count));
