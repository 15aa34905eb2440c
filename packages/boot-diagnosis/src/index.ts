export { type BootCause, bootCauses, type Finding } from './causes.ts';
export { type BootDiagnosis, diagnoseBoot } from './describe-boot.ts';
export type { BootEvidence, BusProbe, HttpProbe, TlsProbe } from './evidence.ts';
export { explainBoot } from './explain.ts';
export { type BootSubject, gatherEvidence } from './gather-evidence.ts';
export { type ProbeOptions, probeBus, probeTcp, type TcpTarget } from './probe-bus.ts';
