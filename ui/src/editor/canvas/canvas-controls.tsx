import { ActionIcon, Tooltip } from '@mantine/core';
import { Panel, useReactFlow } from '@xyflow/react';
import { AlignHorizontalDistributeCenter, Maximize, ZoomIn, ZoomOut } from 'lucide-react';
import { tidy } from '../actions.ts';
import { useEditor } from '../editor-context.ts';
import { fitOptions } from './fit-options.ts';
import styles from './flow-canvas.module.css';

/** What changes the look at the flow, and tidying it up. */
export const CanvasControls = () => {
  const editor = useEditor();
  const { zoomIn, zoomOut, fitView } = useReactFlow();
  const duration = 160;
  const controls = [
    { title: 'Zoom in', icon: ZoomIn, run: () => zoomIn({ duration }) },
    { title: 'Zoom out', icon: ZoomOut, run: () => zoomOut({ duration }) },
    { title: 'Show all', icon: Maximize, run: () => fitView({ ...fitOptions, duration }) },
    {
      title: 'Tidy up',
      icon: AlignHorizontalDistributeCenter,
      run: async () => {
        await tidy(editor);
        requestAnimationFrame(() => void fitView({ ...fitOptions, duration }));
      },
    },
  ];
  return (
    <Panel position="bottom-left" className={styles['controls']!}>
      {controls.map(({ title, icon: Icon, run }) => (
        <Tooltip key={title} label={title} position="top">
          <ActionIcon aria-label={title} onClick={() => void run()}>
            <Icon size={16} aria-hidden />
          </ActionIcon>
        </Tooltip>
      ))}
    </Panel>
  );
};
