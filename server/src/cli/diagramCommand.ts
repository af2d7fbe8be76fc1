import { writeFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import type { Scene } from '../diagram/scene.ts';
import { sceneOf } from '../diagram/scene.ts';
import { dotOf, mermaidOf, tableOf } from '../diagram/texts.ts';
import { loadCluster } from './cluster.ts';
import { print, tellOfLimits } from './output.ts';

const help = `
SVG stands alone: fonts and colours with it, light or dark as the reader has it. Mermaid renders on GitHub as it is.

Examples:
  netpol diagram overlays/prod -o svg > traffic.svg
  netpol diagram manifests/ -o mermaid --file docs/traffic.mmd

Exit codes: 0, or 2 when the picture could not be made or a file could only be read in part.`;

/** Graphviz is loaded where a picture is drawn, and not with every command. */
async function svg(scene: Scene, title: string): Promise<string> {
  const { layoutOf, svgOf } = await import('../diagram/draw.ts');
  return svgOf(await layoutOf(scene), title);
}

const writers: Readonly<Record<string, (scene: Scene, title: string) => string | Promise<string>>> = {
  svg,
  mermaid: mermaidOf,
  dot: dotOf,
  md: tableOf,
};

export function addDiagramCommand(program: Command): void {
  program
    .command('diagram')
    .description('Draw who may reach whom in the cluster that the manifests describe.')
    .argument('<path...>', 'files, folders, or - for standard input')
    .addOption(new Option('-o, --output <format>', 'how to draw it').choices(Object.keys(writers)).default('svg'))
    .option('--file <file>', 'where to write it; standard output otherwise')
    .addHelpText('after', help)
    .action(async (paths: string[], { output, file }: { output: string; file?: string }) => {
      const loaded = await loadCluster(paths);
      const text = (await writers[output]?.(sceneOf(loaded.connectivity), `Traffic: ${paths.join(', ')}`)) ?? '';
      if (file === undefined) await print(process.stdout, text);
      else await writeFile(file, text);
      await tellOfLimits(loaded);
    });
}
