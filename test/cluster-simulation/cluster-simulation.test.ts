import { testSeeds } from "../helpers/seed-tests.ts";
import { SIMULATION } from "./seeds.ts";

testSeeds("cluster simulation", SIMULATION, 20);
