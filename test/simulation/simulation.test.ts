import { testSeeds } from "../helpers/seed-tests.ts";
import { SIMULATION } from "./seeds.ts";

testSeeds("simulation", SIMULATION, 30);
