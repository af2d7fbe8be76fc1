/** Draws a picture that stands alone into pixels; gives a PNG as a data URL, at most 16,000 pixels a side. Fails where the picture cannot be read. */
export async function raster(svg: string, scale: number): Promise<string> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const surface = document.createElement('canvas');
  surface.width = Math.min(16_000, image.naturalWidth * scale);
  surface.height = Math.min(16_000, image.naturalHeight * scale);
  surface.getContext('2d')?.drawImage(image, 0, 0, surface.width, surface.height);
  return surface.toDataURL('image/png');
}
