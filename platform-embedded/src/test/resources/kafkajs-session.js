// A session of KafkaJS as people write it: admin, producer (plain, gzip, idempotent), a consumer group, committed offsets.
// usage: node kafkajs-session.js BOOTSTRAP; prints one line per step and exits with 0 only if every check held.
const assert = require('node:assert');
const { Kafka, CompressionTypes, logLevel } = require('kafkajs');

const kafka = new Kafka({ clientId: 'kafkajs-session', brokers: [process.argv[2]], logLevel: logLevel.ERROR });
const topic = 'kafkajs';
const group = 'kafkajs-group';

async function main() {
  const admin = kafka.admin();
  await admin.connect();
  const created = await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: 3, configEntries: [{ name: 'retention.ms', value: '3600000' }] }] });
  assert.strictEqual(created, true);
  assert.ok((await admin.listTopics()).includes(topic));
  const described = await admin.describeConfigs({ resources: [{ type: 2, name: topic, configNames: ['retention.ms'] }] });
  assert.strictEqual(described.resources[0].configEntries[0].configValue, '3600000');
  console.log('admin: topic created, listed and described');

  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  await producer.send({ topic, acks: -1, messages: Array.from({ length: 50 }, (_, i) => ({ key: `k${i}`, value: `v${i}`, headers: { n: `${i}` } })) });
  await producer.send({ topic, acks: -1, compression: CompressionTypes.GZIP, messages: Array.from({ length: 50 }, (_, i) => ({ key: `k${50 + i}`, value: `v${50 + i}` })) });
  await producer.disconnect();
  const plain = kafka.producer();
  await plain.connect();
  await plain.send({ topic, acks: 1, messages: [{ key: 'last', value: 'vlast' }] });
  await plain.disconnect();
  console.log('producer: 101 messages acknowledged');

  const values = new Set();
  const consumer = kafka.consumer({ groupId: group, sessionTimeout: 10000 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`only ${values.size} of 101 messages came`)), 30000);
    consumer.run({
      eachMessage: async ({ message }) => {
        values.add(message.value.toString());
        if (values.size === 101) { clearTimeout(timer); resolve(); }
      },
    }).catch(reject);
  });
  await consumer.stop();
  const groups = await admin.describeGroups([group]);
  assert.strictEqual(groups.groups[0].groupId, group);
  await consumer.disconnect();
  console.log('consumer: 101 distinct messages in a group');

  const committed = await admin.fetchOffsets({ groupId: group, topics: [topic] });
  const sum = committed[0].partitions.reduce((total, p) => total + Math.max(0, Number(p.offset)), 0);
  assert.strictEqual(sum, 101);
  const ends = await admin.fetchTopicOffsets(topic);
  assert.strictEqual(ends.reduce((total, p) => total + Number(p.offset), 0), 101);
  await admin.deleteGroups([group]);
  await admin.deleteTopics({ topics: [topic] });
  console.log('admin: offsets committed to the end; group and topic deleted');
  await admin.disconnect();
}

main().then(() => process.exit(0), (error) => { console.error(error); process.exit(1); });
