// The widget's pictures, drawn in the colour of their text; fonts may lack such signs.
export const BUBBLE = "M4 5h16v11H9l-5 4z";
export const CLIP =
  "M19.8 11l-8.5 8.5a4.5 4.5 0 01-6.4-6.4l8.8-8.8a3 3 0 014.2 4.3l-8.7 8.7a1.5 1.5 0 01-2.1-2.1l8-8";

export function icon(drawn: string): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", drawn);
  svg.append(path);
  return svg;
}
