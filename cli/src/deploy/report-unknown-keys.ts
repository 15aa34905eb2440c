import type { Ui } from '../ui/ui.ts';

export function reportUnknownKeys(_ui: Ui, _manifest: string, _options: { path: string; isFatal: boolean }): void {}
