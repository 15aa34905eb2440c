import { flag } from '../arguments/option-spec.ts';
import { directorCommand } from '../command.ts';
import { formatTime } from '../ui/formats.ts';
import { infoTable } from '../ui/info-table.ts';

export const environment = directorCommand({
  name: 'environment',
  aliases: ['env'],
  summary: 'Show the Director that is used',
  options: { details: flag("Show when the Director's certificates expire") },

  async run({ ui, director }, { details }) {
    ui.table(infoTable(await director.info()));
    if (!details) return;
    const certificates = await director.certificates();
    ui.table({
      content: 'certificates',
      header: ['Certificate', 'Expiry Date (UTC)', 'Days Left'],
      rows: certificates.map((one) => [one.certificate_path, formatTime(one.expiry), String(one.days_left)]),
    });
  },
});
