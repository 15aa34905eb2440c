import type { Action, Deps } from './action.ts';
import { addDynamicDisk } from './add-dynamic-disk.ts';
import { addPersistentDisk } from './add-persistent-disk.ts';
import { apply } from './apply.ts';
import { bundleLogs } from './bundle-logs.ts';
import { cancelTask } from './cancel-task.ts';
import { compilePackage } from './compile-package.ts';
import { compilePackageWithSignedUrl } from './compile-package-with-signed-url.ts';
import { deleteArpEntries } from './delete-arp-entries.ts';
import { drain } from './drain.ts';
import { fetchLogs } from './fetch-logs.ts';
import { fetchLogsWithSignedUrl } from './fetch-logs-with-signed-url.ts';
import { getState } from './get-state.ts';
import { getTask } from './get-task.ts';
import { info } from './info.ts';
import { listDisk } from './list-disk.ts';
import { migrateDisk } from './migrate-disk.ts';
import { mountDisk } from './mount-disk.ts';
import { ping } from './ping.ts';
import { prepare } from './prepare.ts';
import { removeDynamicDisk } from './remove-dynamic-disk.ts';
import { removeFile } from './remove-file.ts';
import { removePersistentDisk } from './remove-persistent-disk.ts';
import { runErrand } from './run-errand.ts';
import { runScript } from './run-script.ts';
import { shutdown } from './shutdown.ts';
import { ssh } from './ssh.ts';
import { start } from './start.ts';
import { stop } from './stop.ts';
import { syncDns } from './sync-dns.ts';
import { syncDnsWithSignedUrl } from './sync-dns-with-signed-url.ts';
import { unmountDisk } from './unmount-disk.ts';
import { updateSettings } from './update-settings.ts';
import { uploadBlob } from './upload-blob.ts';

/** Every action by its name on the wire. A new one: its file, its entry in agent-protocol, one line here. */
export function actions(deps: Deps): ReadonlyMap<string, Action> {
  const all = [
    addDynamicDisk(deps),
    addPersistentDisk(deps),
    apply(deps),
    bundleLogs(deps),
    cancelTask(deps),
    compilePackage(deps),
    compilePackageWithSignedUrl(deps),
    deleteArpEntries(deps),
    drain(deps),
    fetchLogs(deps),
    fetchLogsWithSignedUrl(deps),
    getState(deps),
    getTask(deps),
    info(),
    listDisk(deps),
    migrateDisk(deps),
    mountDisk(deps),
    ping(),
    prepare(deps),
    removeDynamicDisk(deps),
    removeFile(),
    removePersistentDisk(deps),
    runErrand(deps),
    runScript(deps),
    shutdown(deps),
    ssh(deps),
    start(deps),
    stop(deps),
    syncDns(deps),
    syncDnsWithSignedUrl(deps),
    unmountDisk(deps),
    updateSettings(deps),
    uploadBlob(deps),
  ];
  return new Map(all.map((action) => [action.name, action as unknown as Action]));
}
