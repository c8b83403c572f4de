import { expect, it } from 'vitest';
import { classOf, type AddressClass } from './address';

const table: Record<AddressClass, string[]> = {
  public: ['1.1.1.1', '93.184.216.34', '172.32.0.1', '2606:4700::1111', '[2606:4700::1111]'],
  private: [
    '127.0.0.1',
    '10.1.2.3',
    '100.64.0.1',
    '172.16.0.1',
    '192.168.1.1',
    '198.18.0.1',
    '240.0.0.1',
    '::1',
    'fc00::1',
    'fec0::1',
    // This machine, as an IPv4 address inside IPv6.
    '::127.0.0.1',
    '::7f00:1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:0:127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::10.0.0.1',
    '2002:7f00:1::',
    '2002:c0a8:101::1',
    '2001:0:7f00:1::1',
    // This machine, in the forms that resolvers accept.
    '0177.0.0.1',
    '0x7f.0.0.1',
    '0x7f000001',
    '2130706433',
    '127.1',
  ],
  forbidden: [
    '0.0.0.0',
    '0.1.2.3',
    '169.254.169.254',
    '100.100.100.200',
    '168.63.129.16',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    'fe80::1',
    'fe80::1%eth0',
    'ff02::1',
    'fd00:ec2::254',
    '::ffff:169.254.169.254',
    '::169.254.169.254',
    '::ffff:0:169.254.169.254',
    '64:ff9b::a9fe:a9fe',
    '2002:a9fe:a9fe::',
    'fe80::5efe:169.254.169.254',
    '0251.0376.0251.0376',
    '2852039166',
    'localhost',
    '',
    '1.2.3.4.5',
  ],
};

it.each(Object.entries(table).flatMap(([kind, addresses]) => addresses.map((address) => [address, kind])))(
  '[EA1] %s is %s',
  (address, kind) => {
    expect(classOf(address)).toBe(kind);
  }
);
