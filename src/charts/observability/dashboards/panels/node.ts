import { nodeProcess } from '../../catalogue/index.ts';
import { collectingShare, eventLoopLag, type ProcessesOf } from '../../measures/usage.ts';
import { max, rateInterval, series } from '../../promql/index.ts';
import type { Panel } from '../panel.ts';

const byPod = ['pod'] as const;

/** What the Node of each pod is busy with. @param of whose processes */
export function nodePanels(of: ProcessesOf): Panel[] {
  return [
    {
      name: 'event-loop',
      title: 'Event loop lag',
      description:
        'By how much the event loop of each pod comes late in 1 of 100 turns. Meanwhile it answers nothing at all: something computes for too long at a stretch.',
      unit: 's',
      look: 'lines',
      queries: [{ show: eventLoopLag(of), as: '{{pod}}' }],
    },
    {
      name: 'event-loop-mean',
      title: 'Event loop lag on average',
      description:
        'By how much the event loop of each pod comes late on average. Past shedAbove of its declaration requests are answered with 503.',
      unit: 's',
      look: 'lines',
      queries: [{ show: max(series(nodeProcess.nodejsEventloopLagMeanSeconds, of), byPod), as: '{{pod}}' }],
    },
    {
      name: 'heap',
      title: 'Heap',
      description:
        'Bytes of the heap of JavaScript that are taken in each pod. What rises from one collection to the next is a leak.',
      unit: 'bytes',
      look: 'lines',
      width: 8,
      queries: [{ show: max(series(nodeProcess.nodejsHeapSizeUsedBytes, of), byPod), as: '{{pod}}' }],
    },
    {
      name: 'garbage',
      title: 'Garbage collection',
      description:
        'The part of the time that each pod spends on collecting garbage: more than a few per cent is a heap that is too small, or a great deal that is thrown away.',
      unit: 'percentunit',
      look: 'lines',
      width: 8,
      queries: [{ show: collectingShare(of, rateInterval), as: '{{pod}}' }],
    },
    {
      name: 'open-files',
      title: 'Open files and connections',
      description: 'Of each pod. What rises for ever is a connection that nobody closes.',
      unit: 'none',
      look: 'lines',
      width: 8,
      queries: [{ show: max(series(nodeProcess.processOpenFds, of), byPod), as: '{{pod}}' }],
    },
  ];
}
