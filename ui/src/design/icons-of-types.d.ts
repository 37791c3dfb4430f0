/** Made by `ui/build/icons-of-types.ts` of what component types name. */
declare module 'virtual:icons-of-types' {
  export const iconsOfTypes: Readonly<Record<string, import('lucide-react').LucideIcon>>;
}
