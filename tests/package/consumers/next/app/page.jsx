import { Player } from './player.jsx';

export const dynamic = 'force-dynamic';

export default async function Page({ searchParams }) {
  const { series } = await searchParams;
  return <Player series={series} />;
}
